/**
 * Files of this machine, without Hadoop: what has its name is whole.
 *
 * <p>In: something that writes a file or folder. Out: the file or folder under its name, in one
 * step, or an error and nothing half-written.
 */
package io.kohaku.files.local;
