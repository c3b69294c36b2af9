/** The trained adapter under the names and with the header that user interfaces read. */
package io.kohaku.weights.export;
