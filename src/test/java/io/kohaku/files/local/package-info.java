/** Tests of files that are whole or not there. */
package io.kohaku.files.local;
