/** Tests of kernels, gradients, memory and safetensors files. */
package io.kohaku.tensor;
