// SPDX-License-Identifier: Apache-2.0
/**
 * The doors: interfaces that plugins implement and the few values that pass through them. Every
 * interface states rules that the contract tests in {@code dev.jitney.tck} prove.
 */
@NullMarked
package dev.jitney.spi;

import org.jspecify.annotations.NullMarked;
