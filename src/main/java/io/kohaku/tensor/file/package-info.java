/** Safetensors files, read and written at any size. */
package io.kohaku.tensor.file;
