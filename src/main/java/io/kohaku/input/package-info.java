/**
 * What users hand in: what a file seems to be by its bytes, and the one failure that says that a
 * file of theirs cannot be used. Every package that reads such files may throw it; the command line
 * alone makes an exit code of it, so nothing here knows of settings.
 */
package io.kohaku.input;
