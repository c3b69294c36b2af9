/** Tests of loading and checking settings. */
package io.kohaku.settings;
