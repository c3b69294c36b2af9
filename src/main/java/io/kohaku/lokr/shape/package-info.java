/**
 * The blocks of a layer: their sizes and what they are called, as plain arithmetic without tensors.
 */
package io.kohaku.lokr.shape;
