/** A prompt to chunks of words with their weights. */
package io.kohaku.sample.prompt;
