/** Tests of the exported VAE. */
package io.kohaku.djl;
