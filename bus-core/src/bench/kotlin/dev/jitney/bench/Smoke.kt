// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

internal object Smoke { fun run(args: Args): Int = 0 }
