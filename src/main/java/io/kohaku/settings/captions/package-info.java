/**
 * What a user may say about captions: which words, in which order, and what changes from step to
 * step.
 */
package io.kohaku.settings.captions;
