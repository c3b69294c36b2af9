package io.kohaku.tensor.script;

import ai.djl.pytorch.jni.IValue;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The one way into DJL that is not public: running a method of a TorchScript module outside
 * inference mode, so that its result can be part of a graph.
 *
 * <p>DJL's public calls always run in inference mode. The version of DJL is pinned because of this
 * class, and {@code PrivateDoorTest} fails when the door moves.
 */
final class PrivateDoor {
  private static final MethodHandle RUN;
  private static final MethodHandle VALUE;

  static {
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(IValue.class, MethodHandles.lookup());
      Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
      Object instance = lookup.findStaticGetter(library, "LIB", library).invoke();
      MethodType run =
          MethodType.methodType(
              long.class, long.class, String.class, long[].class, boolean.class, boolean.class);
      RUN = lookup.findVirtual(library, "moduleRunMethod", run).bindTo(instance);
      VALUE = lookup.findConstructor(IValue.class, MethodType.methodType(void.class, long.class));
    } catch (Throwable e) {
      throw new IllegalStateException(
          "Cannot enter DJL: PyTorchLibrary.moduleRunMethod or IValue(long) is not where DJL 0.35.1"
              + " has it; use that version ("
              + e
              + ")",
          e);
    }
  }

  private PrivateDoor() {}

  /** Runs {@code method} of the module and returns its result, which the caller closes. */
  static IValue run(long module, String method, long[] arguments) {
    try {
      long result = (long) RUN.invokeExact(module, method, arguments, true, false);
      return (IValue) VALUE.invokeExact(result);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot run " + method + ": " + e.getMessage(), e);
    }
  }
}
