/** Files of other file systems, and one of those for tests. */
package io.kohaku.files;
