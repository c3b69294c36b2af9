/**
 * Manifests: what ran, on what, with which settings, giving what.
 *
 * <p>In: the files that a stage has written into a fresh folder of its own. Out: a {@code
 * manifest.json} beside that folder. Data becomes visible only by being named in a manifest, and
 * the manifest appears in one step, so that nobody can take a half-written output for a whole one
 * and no rename of data is needed: on an object store, renaming is copying.
 *
 * <p>A stage's folder has one writer. It holds {@code _lock.json}, which names it and which is
 * created only where there is none, and gives a sign of life beside it every ten seconds. Whoever
 * comes second is told who holds the folder, or takes it over if the holder has died: on the same
 * machine (host, boot, name space of process ids and user) that is seen by its process at once;
 * from elsewhere it is told by a minute without a sign of life, on the file system's own clock, as
 * the clocks of machines differ. Of several who want to remove a dead holder's lock the one that
 * creates a claim of that lock's token does. A holder that was only asleep finds another's token,
 * or none, when it asks before it publishes, and that counts even where a file system, as some
 * object stores, lets two create one file: of two writers at most one finds its own token.
 */
package io.kohaku.provenance;
