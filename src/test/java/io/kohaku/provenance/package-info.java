/** Tests of manifests and of publishing. */
package io.kohaku.provenance;
