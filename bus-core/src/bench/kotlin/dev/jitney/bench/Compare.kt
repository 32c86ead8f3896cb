// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

internal object Compare { fun run(args: Args): Int = 0 }
