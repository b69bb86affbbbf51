// What the overview of the library says: English, Chinese.
export const OVERVIEW_WORDS = {
  overviewCounted: [
    "{0:document|documents}, {1:passage|passages}; {2:passage is|passages are} about a topic",
    "{0} 份文件，{1} 个段落；其中 {2} 个段落涉及所列领域",
  ],
  overviewRule: [
    "A passage is about a topic if its words or the headings above it hold a term of the topic.",
    "段落正文或其上级标题含有某领域的术语，即视为涉及该领域。",
  ],
  overviewList: ["List these documents", "列出这些文件"],
  overviewNothing: ["No document fits these choices.", "没有符合这些条件的文件。"],
  heatCountry: ["Topics by country", "各国家和地区的领域分布"],
  heatYear: ["Topics by year", "各年份的领域分布"],
  heatCells: [
    "Each number counts passages about the topic, the number in brackets the documents that they are in. A number opens its passages.",
    "每格为涉及该领域的段落数，括号内为这些段落所在的文件数。点按数字可查看相应段落。",
  ],
  heatTopic: ["Topic", "领域"],
  heatTotal: ["All", "合计"],
  heatOthers: ["others", "其他"],
  heatCell: ["{0}, {1}: {2:passage|passages} in {3:document|documents}", "{0}，{1}：{2} 个段落，出自 {3} 份文件"],
  topicPassages: ["{0}, {1}: {2:passage|passages}", "{0}，{1}：{2} 个段落"],
  topicPassagesClose: ["Close the passages", "收起段落"],
  timeline: ["Timeline", "时间线"],
  mapTitle: ["Map of references", "引用关系图"],
  mapCounted: [
    "{0:document|documents}, {1:reference|references}; {2:other document|other documents} without any",
    "{0} 份文件，{1} 条引用；另有 {2} 份文件与其他文件互不提及",
  ],
  mapNone: ["No document here names another one of the library.", "所选文件之间没有相互提及。"],
  mapListed: ["The references as a list", "以列表查看引用"],
  mapCites: ["{0} names {1} ({2:time|times})", "《{0}》提及《{1}》（{2} 次）"],
  mapPart: ["{0} names a part of {1} ({2:time|times})", "《{0}》提及《{1}》的一部分（{2} 次）"],
  mapRepeals: ["{0} repeals {1}", "《{0}》废止《{1}》"],
  "standing.in_force": ["in force", "现行有效"],
};
