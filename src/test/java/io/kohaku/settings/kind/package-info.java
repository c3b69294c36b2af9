/** Tests of the package of the same name. */
package io.kohaku.settings.kind;
