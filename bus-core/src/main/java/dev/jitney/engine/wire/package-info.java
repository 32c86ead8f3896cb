// SPDX-License-Identifier: Apache-2.0
/**
 * The wire form: reading, writing and scanning events as CloudEvents JSON lines. Hand-written so
 * that a filter need not parse and a writer need not build trees; nothing here is called by
 * applications.
 */
@NullMarked
package dev.jitney.engine.wire;

import org.jspecify.annotations.NullMarked;
