/** Tests of who closes what. */
package io.kohaku.ownership;
