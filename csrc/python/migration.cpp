// torch.device and its kin are static C types: Python can neither patch nor replace them (isinstance, TorchScript and
// torch.compile know them by address). Their constructor slot can be exchanged.
#include "python/migration.h"

#include <torch/csrc/Device.h>
#include <torch/csrc/Event.h>
#include <torch/csrc/Generator.h>
#include <torch/csrc/Stream.h>
#include <torch/csrc/utils/object_ptr.h>

#include <array>
#include <string_view>

namespace torch_npu {
namespace {

struct Slot {
  PyTypeObject* type;
  newfunc original, migrated;
};

PyObject* new_device(PyTypeObject* type, PyObject* args, PyObject* kwargs);
template <int kSlot> PyObject* new_on_device(PyTypeObject* type, PyObject* args, PyObject* kwargs);

// Made at the first call: torch fills its type pointers while it is imported.
std::array<Slot, 4>& slots() {
  const auto slot = [](PyTypeObject* type, newfunc migrated) { return Slot{type, type->tp_new, migrated}; };
  static std::array<Slot, 4> all{slot(&THPDeviceType, new_device),
                                 slot(reinterpret_cast<PyTypeObject*>(THPGeneratorClass), new_on_device<1>),
                                 slot(THPStreamClass, new_on_device<2>), slot(THPEventClass, new_on_device<3>)};
  return all;
}

PyObject* new_device(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  PyObject* made = slots()[0].original(type, args, kwargs);
  if (made && THPDevice_Check(made)) {
    auto& device = reinterpret_cast<THPDevice*>(made)->device;
    if (device.is_cuda()) device = at::Device(at::kPrivateUse1, device.index());
  }
  return made;
}

bool spells_cuda(PyObject* value) {
  if (THPDevice_Check(value)) return reinterpret_cast<THPDevice*>(value)->device.is_cuda();
  Py_ssize_t size = 0;
  const char* text = PyUnicode_Check(value) ? PyUnicode_AsUTF8AndSize(value, &size) : nullptr;
  return text && std::string_view(text, size).starts_with("cuda");
}

// A new reference: the NPU device where `value` names a CUDA one, else `value`.
PyObject* migrated(PyObject* value) {
  if (!spells_cuda(value)) return Py_NewRef(value);
  if (THPDevice_Check(value)) {
    return THPDevice_New(at::Device(at::kPrivateUse1, reinterpret_cast<THPDevice*>(value)->device.index()));
  }
  return PyObject_CallOneArg(reinterpret_cast<PyObject*>(&THPDeviceType), value);
}

// Every string or device that these constructors take is the device.
template <int kSlot> PyObject* new_on_device(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  THPObjectPtr positional(PyTuple_New(PyTuple_GET_SIZE(args)));
  if (!positional) return nullptr;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); ++i) {
    PyObject* item = migrated(PyTuple_GET_ITEM(args, i));
    if (!item) return nullptr;
    PyTuple_SET_ITEM(positional.get(), i, item);
  }
  THPObjectPtr named(kwargs ? PyDict_Copy(kwargs) : nullptr);
  if (kwargs && !named) return nullptr;
  if (PyObject* device = kwargs ? PyDict_GetItemString(kwargs, "device") : nullptr) {
    THPObjectPtr item(migrated(device));
    if (!item || PyDict_SetItemString(named.get(), "device", item.get()) < 0) return nullptr;
  }
  return slots()[kSlot].original(type, positional.get(), named.get());
}

}  // namespace

void migrate_device_types(bool on) {
  for (Slot& slot : slots()) slot.type->tp_new = on ? slot.migrated : slot.original;
}

}  // namespace torch_npu
