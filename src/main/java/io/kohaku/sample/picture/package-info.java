/** Pictures to files: their text, their folder, the contact sheet, and rounds of them. */
package io.kohaku.sample.picture;
