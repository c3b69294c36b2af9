/**
 * What a booru post is and which ones we keep.
 *
 * <p>In: Danbooru's JSON, plain or packed, HakuBooru's SQLite database or its Parquet export. Out:
 * {@code PostTable} and {@code RejectTable}, and the counts with which every post that was read is
 * accounted for: selected, rejected with its first reason, or not drawn.
 *
 * <p>Why so: the draw needs the ids of all posts and nothing else, so they are read first, into one
 * compressed bitmap (about a megabyte for eight million). The driver draws from it, which makes the
 * choice independent of any partitioning, and sends back a bitmap again. Then the source is read
 * once: a post that was not drawn costs only the look at its id, and what is kept becomes a row of
 * the {@code ScreenedTable}, posts and rejects and counts in one, so that one pass can write them
 * all. Text stays in UTF-8 bytes from the file to the table. Line numbers of rejects are known only
 * once the counts of all splits are, so they are filled in last, and duplicates are found then.
 */
package io.kohaku.post;
