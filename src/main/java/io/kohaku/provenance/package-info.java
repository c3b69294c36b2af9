/**
 * Manifests: what ran, on what, with which settings, giving what.
 *
 * <p>In: the files that a stage has written into a fresh folder of its own. Out: a {@code
 * manifest.json} beside that folder. Data becomes visible only by being named in a manifest, and
 * the manifest appears in one step, so that nobody can take a half-written output for a whole one
 * and no rename of data is needed: on an object store, renaming is copying.
 */
package io.kohaku.provenance;
