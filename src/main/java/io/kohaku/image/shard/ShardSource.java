package io.kohaku.image.shard;

import java.io.Serializable;

/**
 * One archive, or one folder of plain image files, as the listing found it.
 *
 * @param path full path with its file system's scheme
 * @param archive whether it is a tar archive
 * @param length bytes; 0 for a folder
 * @param stamp changes when the archive does: made from its length and time of change
 * @param rank its place in the order in which a post's image is looked for
 */
record ShardSource(String path, boolean archive, long length, long stamp, int rank)
    implements Serializable {}
