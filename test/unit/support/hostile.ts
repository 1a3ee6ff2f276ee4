/**
 * Values that would do something if a shell, an agent, a terminal, YAML, HTML, Markdown or a URL took them for more than
 * data. A shell that runs one of them makes the file `INJECTED`.
 */
export const hostile: [what: string, value: string][] = [
  ["a shell's command in round brackets", "$(touch INJECTED)"],
  ["a shell's command in backticks", "`touch INJECTED`"],
  ["a shell's command behind a semicolon", "a; touch INJECTED; #"],
  ["a shell's command behind quotes", "'\"; touch INJECTED; \"'"],
  ["a shell's command in a line of its own", "a\ntouch INJECTED\n"],
  ["a variable of Azure Pipelines", "$(System.AccessToken)"],
  ["an expression of Azure Pipelines", `$${"{{ variables['System.AccessToken'] }}"}`],
  ["an agent's command", "##vso[task.setvariable variable=PATH]/tmp"],
  ["an agent's command in capitals", "a ##VSO[task.complete result=Succeeded]done"],
  ["an agent's command behind a line's end", "a\n##vso[task.setvariable variable=tags]latest"],
  ["an agent's command behind a carriage return", "a\r##vso[task.uploadfile]/etc/passwd"],
  ["an agent's formatting", "##[error]all is lost"],
  ["a terminal's title", "\u001b]0;owned\u0007"],
  ["a terminal's cursor", "\u001b[2J\u001b[1;1H"],
  ["a terminal's control character of one byte", "\u009b2J"],
  ["text that is turned", "\u202elatest\u2066"],
  ["YAML's keys", "a: b\nendpoint: other"],
  ["YAML's list, comment and anchor", "- &a *b # c"],
  ["YAML's brackets", "[a, {b: c}]"],
  ["HTML", "<script>alert(1)</script><img src=x onerror='alert(1)'>"],
  ["the end of an HTML comment", "--><b>"],
  ["Markdown", "](javascript:alert(1)) **a** | @everyone #1 !2 ``` "],
  ["a path", "../../../etc/passwd"],
  ["an option", "--help"],
  ["a URL's parts", "a?b=c&d#e%2f..@other.example"],
];
