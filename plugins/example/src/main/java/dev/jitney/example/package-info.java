// SPDX-License-Identifier: Apache-2.0
/** Somebody else's plugin, as an example: a handler and a validator. */
@NullMarked
package dev.jitney.example;

import org.jspecify.annotations.NullMarked;
