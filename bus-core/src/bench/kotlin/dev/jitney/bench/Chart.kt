// SPDX-License-Identifier: Apache-2.0
package dev.jitney.bench

import java.nio.file.Path
internal object Chart { fun run(args: Args): Int = 0
 fun write(run: RunResult, to: Path) {} }
