/** An adapter's file, ours or LyCORIS', and putting what it holds on networks. */
package io.kohaku.lokr.file;
