/**
 * Tensors on DJL: kernels, gradients, memory, safetensors files.
 *
 * <p><b>Kernels are text.</b> A kernel is a plain function in a {@code *.torch} resource beside the
 * Java class that calls it, in the language that TorchScript archives are written in. Every
 * function of every text of one {@link io.kohaku.tensor.script.TorchScript} may call every other by
 * its bare name, and may be called from Java by the same name:
 *
 * <pre>{@code
 * # scale.torch
 * def doubled(x: Tensor) -> Tensor:
 *   return torch.mul(x, 2.0)
 * def sum_of_doubled(xs: List[Tensor], bias: Optional[Tensor]) -> Tensor:
 *   total = doubled(xs[0])
 *   ...
 *
 * TorchScript kernels = TorchScript.load(manager, KernelSource.resource(Scale.class, "scale.torch"));
 * NDArray y = kernels.tensor(scope, "doubled", x);
 * }</pre>
 *
 * <p>Only functions stand at the left margin. Names are global among the texts that are loaded
 * together, so one text can be exchanged for another with the same functions (a plain layer for an
 * adapted one). Builtins are {@code torch.*}; dtypes are the numbers of {@link
 * io.kohaku.tensor.Dtype#code()} (5 float16, 6 float32, 15 bfloat16), also {@code x.dtype}.
 *
 * <p><b>Why so.</b> A kernel that covers a whole block frees its intermediates at their last use
 * and runs as fast as eager Python; composed from NDArray calls the same block needs up to ten
 * times the memory. So NDArray operations serve outside graphs only, and these rules hold:
 *
 * <ul>
 *   <li>{@code toType}, {@code toDevice} and {@code duplicate} of an NDArray cut the graph
 *       silently: cast inside a kernel.
 *   <li>NDArray operations with a Java number, and arrays made by {@code create(..)}, hold memory
 *       of the Java object: never let them enter a graph. Numbers given to a kernel are safe.
 *   <li>A bfloat16 tensor is an opaque handle: any NDArray operation on it ends the process.
 *   <li>Inside a kernel, {@code torch._foreach_..._} into a list that the kernel itself has put
 *       together may be dropped as dead code: pass such lists in as arguments.
 *   <li>Results belong to the manager that the caller names; see {@link
 *       io.kohaku.tensor.MemoryScope}.
 *   <li>Each thread starts with {@link io.kohaku.tensor.script.Autograd#enterThread()}.
 * </ul>
 */
package io.kohaku.tensor;
