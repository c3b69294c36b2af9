/** CLIP's tokenizer: text to the rows of token ids that the text encoders read. */
package io.kohaku.sdxl.tokenizer;
