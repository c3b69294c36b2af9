/** The tiny SDXL and its tokenizer, which the demo and the tests run on. */
package io.kohaku.demo.model;
