// SPDX-License-Identifier: Apache-2.0
/** A handler that posts events to an HTTP endpoint. It is asked for as handler {@code webhook}. */
@NullMarked
package dev.jitney.handler.webhook;

import org.jspecify.annotations.NullMarked;
