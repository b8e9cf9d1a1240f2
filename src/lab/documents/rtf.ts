/** Rich text with a font table, headings by style, a link, a list, a table, letters of two code pages. */
export const rtf = (): string => String.raw`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Helvetica;}{\f1\fswiss\fcharset204 Helvetica Cyr;}}{\colortbl;\red0\green0\blue0;}
{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\sbasedon0 heading 2;}}{\info{\title Gauge report}{\author Marta Quill}{\creatim\yr2025}}{\*\generator Lab;}
{\pard\s1\b Gauge report\par}
{\pard The gauges are {\b important} \u8212? caf\'e9, {\f1\'cf\'f0\'e8\'e2\'e5\'f2}, see {\field{\*\fldinst{HYPERLINK "https://data.lab.test/data.csv"}}{\fldrslt{\ul the data}}}.\par}
{\pard\s2 Method\par}
{\pard{\listtext\'95\tab}by hand\par}
{\pard{\listtext\'95\tab}by float\par}
{\pard {\v hidden}{\*\unknown never seen}\{braces\} and a\~space\line next line\par}
\trowd\cellx1000\cellx2000\pard\intbl Gauge\cell cm\cell\row
\trowd\cellx1000\cellx2000\pard\intbl Skerry Point\cell 412\cell\row
\pard End.\par
{\pict\pngblip 89504e470d0a1a0a}
}`
