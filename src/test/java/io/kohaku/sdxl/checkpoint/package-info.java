/** Tests of {@code io.kohaku.sdxl.checkpoint}. */
package io.kohaku.sdxl.checkpoint;
