"""The look of the report: light, dark, narrow, printed."""

CSS = """
:root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--quiet:#57606a;--line:#d5dae0;--soft:#f4f6f8;--bar:#1f5fae;--end:#7f9cc2;
--link:#164f95;--error:#9b1c1c;--warning:#7a4a00;--note:#1d4f87}
@media (prefers-color-scheme:dark){:root{--fg:#e6e8eb;--bg:#14171c;--quiet:#a5adb8;--line:#3a414b;--soft:#1d2229;--bar:#6ea8ee;
--end:#4a6f9f;--link:#8dbdf5;--error:#ff9c94;--warning:#f0b95b;--note:#93c1f7}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
header,nav,main,footer{max-width:1040px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--bar);outline-offset:2px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;background:var(--bg);padding:8px 12px;z-index:1}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.4rem;margin:2.6rem 0 .8rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
h3{font-size:1.08rem;margin:0 0 .4rem}
p{margin:.35rem 0;max-width:78ch}
p.quiet{max-width:88ch}
.quiet,figcaption,caption,dt{color:var(--quiet);font-size:.875rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:6px 22px;margin:1rem 0 0;padding:0}
dl.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:12px;margin:1rem 0}
dl.cards div{border:1px solid var(--line);border-radius:8px;padding:10px 14px}
dl.cards dd{margin:0;font-size:1.5rem;font-weight:600;line-height:1.25}
dl.cards dd small{display:block;font-size:.8125rem;font-weight:400;color:var(--quiet)}
article{border:1px solid var(--line);border-radius:8px;padding:14px 18px;margin:0 0 14px;break-inside:avoid}
article.error{border-left:5px solid var(--error)}
article.warning{border-left:5px solid var(--warning)}
article.note{border-left:5px solid var(--note)}
.grade{font-weight:600;font-size:.875rem}
.error .grade,.grade.error{color:var(--error)}
.warning .grade,.grade.warning{color:var(--warning)}
.note .grade,.grade.note{color:var(--note)}
.two{display:grid;grid-template-columns:3fr 2fr;gap:8px 32px;align-items:start}
table{border-collapse:collapse;width:100%;font-size:.9375rem;margin:.4rem 0}
table+article,p+article{margin-top:14px}
caption{text-align:left;padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--quiet);font-size:.875rem;vertical-align:bottom}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr>:last-child{padding-right:0}
code{background:var(--soft);padding:1px 5px;border-radius:4px;font-size:.875em;white-space:pre-wrap}
figure{margin:.6rem 0}
svg{display:block;width:100%}
svg.hist{height:110px;border-bottom:1px solid var(--quiet)}
svg.lying{overflow:visible}
svg text{fill:var(--fg);font-size:14px}
.bar{fill:var(--bar)}.end{fill:var(--end)}.rail{fill:var(--soft)}
figcaption{display:flex;justify-content:space-between;gap:10px}
figcaption span{white-space:nowrap}
ul{padding-left:1.2rem;margin:.3rem 0}
footer{margin-top:3rem;padding-bottom:3rem;color:var(--quiet);font-size:.875rem}
footer div{border-top:1px solid var(--line);padding-top:1rem}
@media (max-width:640px){header,nav,main,footer{padding-left:14px;padding-right:14px}.two{grid-template-columns:1fr}
h1{font-size:1.5rem}article{padding:12px}dl.cards{grid-template-columns:1fr 1fr;gap:8px}
table.wide thead{position:absolute;left:-9999px}table.wide tr{display:block;border-bottom:1px solid var(--line);padding:8px 0}
table.wide th,table.wide td{display:flex;justify-content:space-between;gap:16px;border:0;padding:1px 0;text-align:right;white-space:normal}
table.wide th{font-weight:600;text-align:left}table.wide td::before{content:attr(data-name);color:var(--quiet);text-align:left}}
@media print{body{font-size:10.5pt}header,nav,main,footer{max-width:none;padding:0}nav,.skip{display:none}a{color:inherit;text-decoration:none}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}h2,h3{break-after:avoid}tr{break-inside:avoid}}
""".strip()
