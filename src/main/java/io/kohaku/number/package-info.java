/** Formats of numbers that Java 17 does not know; the wire between ranks and latents share them. */
package io.kohaku.number;
