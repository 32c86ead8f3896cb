// SPDX-License-Identifier: Apache-2.0
/**
 * Interceptors that are ready to be asked for by name: logging, auto-error, auto-result (ICP-2).
 */
@NullMarked
package dev.jitney.engine.ready;

import org.jspecify.annotations.NullMarked;
