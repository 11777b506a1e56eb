// Scripts that complete shoofly's words in a shell. Names of migrations come from the file names below ./migrations:
// pressing Tab starts no process of ours and opens no connection.
import type { Command } from "./contract.ts";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

interface Words {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly string[];
  readonly takesMigration: boolean;
}

/** `-o, --output <file>` → `--output` */
function longFlag(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function wordsOf(commands: readonly Command[], globals: readonly string[]): Words[] {
  return commands.map(({ name, summary, options, argument }) => ({
    name,
    summary,
    flags: [...options.map(([flags]) => longFlag(flags)), ...globals.map(longFlag)],
    takesMigration:
      argument?.summary.startsWith("migration") === true || argument?.summary.startsWith("one migration") === true,
  }));
}

const migrationNames = "ls migrations 2>/dev/null | sed -n 's/\\.\\(sql\\|ts\\|yaml\\|json\\)$//p'";

function bash(words: readonly Words[]): string {
  const cases = words.map(({ name, flags, takesMigration }) => {
    const names = takesMigration ? ` $(${migrationNames})` : "";
    return `    ${name}) words="${flags.join(" ")}${names}" ;;`;
  });
  return `# shoofly completion for bash: eval "$(shoofly completion bash)"
_shoofly() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="${words.map(({ name }) => name).join(" ")}" ;;
  esac
  [ "$COMP_CWORD" -le 1 ] && words="${words.map(({ name }) => name).join(" ")}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _shoofly -o default shoofly
`;
}

function zsh(words: readonly Words[]): string {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const verbs = words.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`);
  const cases = words.map(({ name, flags, takesMigration }) => {
    const names = takesMigration ? ` \${(f)"$(${migrationNames})"}` : "";
    return `    ${name}) compadd -- ${flags.join(" ")}${names}; _files ;;`;
  });
  return `#compdef shoofly
# shoofly completion for zsh: eval "$(shoofly completion zsh)"
_shoofly() {
  local -a verbs
  verbs=(
${verbs.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command verbs; return; fi
  case $words[2] in
${cases.join("\n")}
  esac
}
compdef _shoofly shoofly
`;
}

function fish(words: readonly Words[]): string {
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = words.flatMap(({ name, summary, flags, takesMigration }) => {
    const given = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c shoofly -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
      ...flags.map((flag) => `complete -c shoofly ${given} -l ${flag.replace(/^--/, "")}`),
      ...(takesMigration ? [`complete -c shoofly ${given} -f -a "(${migrationNames.replaceAll("$", "\\$")})"`] : []),
    ];
  });
  return `# shoofly completion for fish: shoofly completion fish | source\n${lines.join("\n")}\n`;
}

/**
 * The script for one shell.
 * @param globals flags of every command, in commander's syntax
 */
export function completionScript(shell: Shell, commands: readonly Command[], globals: readonly string[]): string {
  const words = wordsOf(commands, globals);
  if (shell === "bash") return bash(words);
  return shell === "zsh" ? zsh(words) : fish(words);
}
