/** Tests of the demo's world. */
package io.kohaku.demo;
