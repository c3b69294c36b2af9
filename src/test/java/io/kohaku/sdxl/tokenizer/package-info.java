/** Tests of {@code io.kohaku.sdxl.tokenizer}. */
package io.kohaku.sdxl.tokenizer;
