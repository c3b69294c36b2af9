/** Tests of {@code io.kohaku.sdxl.layout}. */
package io.kohaku.sdxl.layout;
