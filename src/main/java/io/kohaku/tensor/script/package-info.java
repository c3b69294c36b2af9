/** Kernels written as text, run by libtorch through DJL; gradients, and archives of such models. */
package io.kohaku.tensor.script;
