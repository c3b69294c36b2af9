/** Tests of {@code io.kohaku.sdxl.tape}. */
package io.kohaku.sdxl.tape;
