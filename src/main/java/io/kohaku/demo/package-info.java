/**
 * A world small enough to try everything on: the tiny SDXL, whose weights follow from their names,
 * and a made-up site with posts, pictures in shards, and a tokenizer learnt from its captions.
 *
 * <p>Nothing enters but a seed; what leaves are ordinary input files, in the layout that the
 * pipeline meets in the world, so that the demo runs every stage for real. The tiny model is the
 * one of the parity tests, so that what the demo runs is what the tests have checked. Pictures are
 * drawn from the scene that the tags are made from, so there is something to learn; bands of ids,
 * dates, favourites and reasons to be turned away are spread so that each rule meets a case.
 */
package io.kohaku.demo;
