/** The loop's parts by themselves, and the whole loop on the tiny SDXL. */
package io.kohaku.train;
