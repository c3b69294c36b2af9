/**
 * From images to latents, and back to the trainer.
 *
 * <p>In: a {@code ShardTable}, the selected posts, the VAE of a checkpoint. Out: a {@code
 * LatentTable}, one row for each encoded post with its place among the rows of its bucket.
 *
 * <p>The latents themselves lie in a store beside the tables: Parquet files below {@code
 * bucket=<width>x<height>}, one for each chunk of work, written once and never changed. A task
 * writes its file under another name and renames it when it is whole, so a finished chunk survives
 * whatever happens to the job, and the next run finds it. That is why {@code EncodeStage}, other
 * than the other stages, writes: what it returns is where each latent lies. A table published from
 * that names files, positions and check sums, so changing a few images adds a few files and a new
 * table, and copies nothing.
 *
 * <p>The latents' column is stored plain and uncompressed: {@code LatentStore} reads exactly the
 * bytes of one latent at a known position, while any Parquet reader can still read the files. The
 * writer has its own factory of encodings, for Parquet's is shared by a process; the reader
 * believes only what footers say, and else asks Parquet's own reader for the post.
 *
 * <p>A latent is reused while its key stands: the image's bytes, the settings that change pixels or
 * latents, and the VAE's weights. Captions are not part of it.
 */
package io.kohaku.latent;
