/**
 * The adapter's files: parameters as training leaves them, and what others read.
 *
 * <p>Training writes {@code TrainedFile}: float32 parameters under their names, and the facts of
 * the run. Export alone decides what is published: {@code LokrFileWriter} rounds once to the number
 * format that was asked for and writes the header that {@code weights.export} composes. {@code
 * LokrFile} reads either, and whatever {@code lokr.stored} knows of other programs'.
 */
package io.kohaku.lokr.file;
