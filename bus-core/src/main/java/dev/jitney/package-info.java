// SPDX-License-Identifier: Apache-2.0
/** What an application calls: the bus, its builder, subscriptions and publications. */
@NullMarked
package dev.jitney;

import org.jspecify.annotations.NullMarked;
