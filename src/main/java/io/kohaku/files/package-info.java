/**
 * Files of any Hadoop file system for libraries that need a path of this machine.
 *
 * <p>In: a location that a setting names, with or without a scheme. Out: a path to read at random
 * places, the same one for every JVM of the machine; or, the other way, whole files put where a
 * stage's output lies. No rename of the other file system is relied on: what is copied here gets
 * its name when it is whole, and what is copied there counts when a manifest names it.
 */
package io.kohaku.files;
