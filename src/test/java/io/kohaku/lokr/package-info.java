/** Tests of the LoKr network, its presets and its file. */
package io.kohaku.lokr;
