/**
 * The runs of the training stage: what each is made of, where it lies, and what was changed in its
 * middle.
 *
 * <p>In: the settings and inputs that decide the adapter. Out: a folder named by those of them that
 * must not change while a run lasts. How far it goes, its learning rates and its guards may: a
 * finished run that is asked for more goes on where it ended, and its history says what held from
 * which update on.
 */
package io.kohaku.train.run;
